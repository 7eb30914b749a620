#!yaml
# A pair that takes turns: the minions shop_front_blue and shop_front_green.
env: prod
components: [nginx]
instances:
  blue: 203.0.113.31
  green: 203.0.113.32
ssh: {user: admin, sudo: true}
labels: {team: shop}
