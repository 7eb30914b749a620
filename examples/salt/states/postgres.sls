{% set directory = pillar['example']['directory'] %}
{% set postgres = pillar['postgres'] %}
postgres's configuration:
  file.managed:
    - name: {{ directory }}/postgresql.conf
    - contents: max_connections = {{ postgres['max_connections'] }}

postgres's password:
  file.managed:
    - name: {{ directory }}/postgres.password
    - contents_pillar: postgres:password
    - mode: '0600'
    - show_changes: false
