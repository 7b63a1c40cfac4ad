// Rows in the registry, written from outside the process, as another replica would.

import type { Server } from './server.ts';

type Rows = { active?: number; inactive?: number };

/** Adds rows; agent cards need a namespace to be in, so add one first. */
export function addToRegistry(server: Server, rows: { namespaces?: Rows; schemas?: Rows; agentCards?: Rows }): void {
  const { namespaces, schemas, agentCards } = rows;
  add(server, `INSERT INTO namespaces (id, name, is_active) ${series(`'team-' || id, 'Team ' || id, is_active`)}`, namespaces);
  add(
    server,
    `INSERT INTO schemas (schema_uri, schema_type, version, is_active)
     ${series(`'https://schemas.example/' || id, 'type-' || id, '1.0', is_active`)}`,
    schemas,
  );
  add(
    server,
    `INSERT INTO agent_cards (namespace_id, name, version, is_active)
     ${series(`(SELECT min(id) FROM namespaces), 'agent-' || id, '1.0', is_active`)}`,
    agentCards,
  );
}

function add(server: Server, insert: string, { active = 0, inactive = 0 }: Rows = {}): void {
  if (active > 0) server.sql('registry', insert, active, 1);
  if (inactive > 0) server.sql('registry', insert, inactive, 0);
}

/** So many rows, each with an `id` of its own. */
function series(columns: string): string {
  return `SELECT ${columns} FROM (
    WITH RECURSIVE row(number, is_active) AS (
      SELECT 1, NULL UNION ALL SELECT number + 1, NULL FROM row WHERE number < ?1
    )
    SELECT hex(randomblob(8)) AS id, ?2 AS is_active FROM row
  )`;
}
