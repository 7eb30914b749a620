{% set directory = pillar['example']['directory'] %}
{% set certbot = pillar['certbot'] %}
certbot's configuration:
  file.managed:
    - name: {{ directory }}/certbot.ini
    - contents: |
        email = {{ certbot['email'] }}
        domains = {{ certbot['domains'] | join(', ') }}
    - require:
      - sls: nginx              # resolve puts nginx before; this also waits for its success
