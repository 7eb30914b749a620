# Blue and green. Their addresses are for Prometheus; Ansible goes through Incus (groups/containers.yaml).
extends: backend
env: staging
instances:
  blue: {ip: 10.20.0.21, labels: {color: blue}, vars: {color: blue}}
  green: {ip: 10.20.0.22, labels: {color: green}, vars: {color: green}, incus_name: backend-green-v2}
