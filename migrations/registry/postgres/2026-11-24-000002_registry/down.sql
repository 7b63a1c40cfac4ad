DROP TABLE agent_cards;
DROP TABLE schemas;
DROP TABLE namespaces;
