import { FLOW_PORTS } from '../network/address-plan.ts';

/**
 * Everything one sender sends to the external server: it has a destination port of its own, so it
 * can be told on the wire.
 */
export interface Flow {
  /** Who sends, for messages: `default/web-1`, `n1`. */
  readonly sender: string;
  readonly port: number;
}

/**
 * Hands out the flows of a cluster: the same sender always gets the same one. Throws when there are
 * no ports left.
 */
export class Flows {
  readonly #bySender = new Map<string, Flow>();

  for(sender: string): Flow {
    const known = this.#bySender.get(sender);
    if (known !== undefined) {
      return known;
    }
    const port = FLOW_PORTS.first + this.#bySender.size;
    if (port > FLOW_PORTS.last) {
      throw new RangeError(
        `no port left for the traffic of ${sender}: a cluster has ${String(FLOW_PORTS.last - FLOW_PORTS.first + 1)} senders at most`,
      );
    }
    const flow = { sender, port };
    this.#bySender.set(sender, flow);
    return flow;
  }

  /** The flow of a destination port, if it was handed out. */
  byPort(port: number): Flow | undefined {
    return [...this.#bySender.values()].find((flow) => flow.port === port);
  }
}
