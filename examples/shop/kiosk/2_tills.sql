CREATE TABLE tills (id integer PRIMARY KEY, place text NOT NULL DEFAULT '{{ .place }}');
