{#- The states of the minion's components, in their order. A pillar without them fails here, so nothing is applied. -#}
include: {{ pillar['host']['states'] | tojson }}
