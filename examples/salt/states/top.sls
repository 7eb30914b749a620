# Every minion: states/host/init.sls
base:
  '*': [host]
