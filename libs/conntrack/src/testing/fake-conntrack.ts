import type { DeleteConnections, Marks } from '@sallyport/dataplane';
import { connectionChooser } from '../choose-connections.ts';
import type { Connection } from '../connection.ts';
import type { Conntrack } from '../open-conntrack.ts';

/** A conntrack entry, of a connection that was opened through the Node. */
export interface FakeConnection extends Connection {
  readonly port: number;
  readonly connmark: number;
}

/** The conntrack table in memory, behind the port of the real one. */
export class FakeConntrack implements Conntrack {
  readonly #marks: Marks;
  connections: readonly FakeConnection[] = [];

  constructor(marks: Marks) {
    this.#marks = marks;
  }

  open(connection: FakeConnection): void {
    this.connections = [...this.connections, connection];
  }

  apply(operation: DeleteConnections): Promise<void> {
    this.connections = applyToConntrack(this.connections, operation, this.#marks);
    return Promise.resolve();
  }
}

/** The entries after one operation. */
export function applyToConntrack(
  connections: readonly FakeConnection[],
  operation: DeleteConnections,
  marks: Marks,
): readonly FakeConnection[] {
  const isChosen = connectionChooser(operation.connections, marks);
  return connections.filter((connection) => !isChosen(connection));
}
