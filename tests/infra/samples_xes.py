"""A small invented log in XES."""

XES = """<?xml version="1.0" encoding="UTF-8"?>
<log xes.version="1849.2016" xmlns="http://www.xes-standard.org/">
  <extension name="Concept" prefix="concept" uri="http://www.xes-standard.org/concept.xesext"/>
  <trace>
    <string key="concept:name" value="42"/>
    <string key="product" value="PROD582"/>
    <event>
      <string key="concept:name" value="Queued"/>
      <string key="org:group" value="V1"/>
      <date key="time:timestamp" value="2013-05-01T08:00:00.000+02:00"/>
    </event>
    <event>
      <string key="concept:name" value="Accepted"/>
      <string key="lifecycle:transition" value="In Progress"/>
      <string key="org:resource" value="Bob"/>
      <string key="org:group" value="V2"/>
      <date key="time:timestamp" value="2013-05-02T08:00:00.000+02:00"/>
    </event>
  </trace>
</log>
"""
