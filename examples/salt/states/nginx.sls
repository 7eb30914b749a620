{% set directory = pillar['example']['directory'] %}
{% set nginx = pillar['nginx'] %}
nginx's configuration:
  file.managed:
    - name: {{ directory }}/nginx.conf
    - contents: |
        worker_processes {{ nginx['worker_processes'] }};
        events { worker_connections {{ nginx['worker_connections'] }}; }
{% if 'status_token' in nginx %}
the token of nginx's status page:
  file.managed:
    - name: {{ directory }}/nginx.token
    - contents_pillar: nginx:status_token
    - mode: '0600'
    - show_changes: false
{% endif %}
