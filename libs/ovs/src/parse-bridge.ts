import type { OvsPort, OvsState } from './ovs-state.ts';

/** A table as `ovs-vsctl -f json` prints it, one a line. Cells follow RFC 7047, section 5.1. */
interface JsonTable {
  readonly headings: readonly string[];
  readonly data: readonly (readonly unknown[])[];
}

/** A row of a table: column → cell, still in the JSON form of RFC 7047. */
export type Row = ReadonlyMap<string, unknown>;

/**
 * The bridge from three lines of JSON: its row of the Bridge table, the Ports by name, the
 * Interfaces by name. A Port or Interface of one of our names that belongs to another bridge is
 * left out. Ports are sorted by OpenFlow number.
 */
export function parseBridge(stdout: string): OvsState['bridge'] {
  const [bridges, ports, interfaces] = stdout.split('\n');
  const [bridge] = rowsOf(bridges);
  if (bridge === undefined) {
    return undefined;
  }
  const ownPorts = new Set(uuidsOf(bridge.get('ports')));
  const ownInterfaces = new Set(
    rowsOf(ports)
      .filter((port) => uuidsOf(port.get('_uuid')).some((uuid) => ownPorts.has(uuid)))
      .flatMap((port) => uuidsOf(port.get('interfaces'))),
  );
  const failMode = bridge.get('fail_mode');
  return {
    failMode: typeof failMode === 'string' ? failMode : '',
    ports: rowsOf(interfaces)
      .filter((row) => uuidsOf(row.get('_uuid')).some((uuid) => ownInterfaces.has(uuid)))
      .flatMap((row) => portOf(row) ?? [])
      .toSorted((a, b) => a.ofport - b.ofport),
  };
}

/** The rows of a table, its cells by the names of the columns. */
export function rowsOf(line: string | undefined): readonly Row[] {
  const { headings, data } = JSON.parse(line ?? '{"headings":[],"data":[]}') as JsonTable;
  return data.map((cells) => new Map(headings.map((heading, column) => [heading, cells[column]])));
}

/** The UUIDs of a cell: a set of one is printed as its only element. */
function uuidsOf(cell: unknown): readonly string[] {
  return isTagged(cell, 'uuid')
    ? [cell[1]]
    : isTagged(cell, 'set')
      ? (cell[1] as readonly unknown[]).flatMap(uuidsOf)
      : [];
}

function isTagged(cell: unknown, tag: 'set' | 'map' | 'uuid'): cell is readonly [string, never] {
  return Array.isArray(cell) && cell[0] === tag;
}

function portOf(row: Row): OvsPort | undefined {
  const [name, type, ofport, mac] = [
    row.get('name'),
    row.get('type'),
    row.get('ofport'),
    row.get('mac'),
  ];
  if (typeof name !== 'string' || (type !== 'internal' && type !== 'geneve')) {
    return undefined;
  }
  return {
    name,
    type,
    // Not assigned (yet) is an empty set, failed is -1: neither is the number that was asked for.
    ofport: typeof ofport === 'number' ? ofport : -1,
    options: mapOf(row.get('options')),
    ...(typeof mac === 'string' ? { mac } : {}),
  };
}

function mapOf(cell: unknown): Readonly<Record<string, string>> {
  return isTagged(cell, 'map')
    ? Object.fromEntries(cell[1] as readonly (readonly [string, string])[])
    : {};
}
