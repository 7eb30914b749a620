{% set directory = pillar['example']['directory'] %}
the host's file:
  file.managed:
    - name: {{ directory }}/host
    - makedirs: true
    - contents: {{ (pillar['host']['id'] ~ ' in ' ~ pillar['host']['env']) | tojson }}

# contents_pillar takes a secret as it is: no template, no YAML in between. show_changes keeps it out of what Salt prints.
the monitoring token:
  file.managed:
    - name: {{ directory }}/monitoring.token
    - contents_pillar: monitoring:token
    - mode: '0600'
    - show_changes: false
