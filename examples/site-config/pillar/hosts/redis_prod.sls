extends: redis
env: prod
instances: {1: "2001:db8:30::41", 2: "2001:db8:30::42"}
ssh: {user: deploy, sudo: true}
