#!yaml
# Two web servers of the group kt: the minions kt_web_1 and kt_web_2.
env: prod
components: [nginx, certbot]    # base comes by itself: nginx requires it
instances:                      # by number. In a list, taking out the first would rename the second.
  1: 203.0.113.11
  2:
    ip: 203.0.113.12
    nginx: {worker_processes: 8}        # this machine has more cores
ssh: {user: admin, sudo: true}
labels: {team: kt}
nginx: {worker_processes: 4}    # every key that is not the group's own is pillar
certbot: {domains: [www.example.net, example.net]}
