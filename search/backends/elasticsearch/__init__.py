"""The engine on an Elasticsearch server: features of its core only, which every server has."""
