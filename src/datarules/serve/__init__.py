"""The doors for other programs: REST API, SPARQL Protocol and page, over the rooms below."""
