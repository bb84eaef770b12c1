import { FLOW_PORTS } from '../network/address-plan.ts';

/** The traffic of one sender to the external server. Its destination port identifies it. */
export interface Flow {
  /** Name of the sender in messages: `default/web-1`, `n1`. */
  readonly sender: string;
  readonly port: number;
}

/** The flows of a cluster, one for each sender. Throws when no ports are left. */
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

  /** The flow of a destination port, if there is one. */
  byPort(port: number): Flow | undefined {
    return [...this.#bySender.values()].find((flow) => flow.port === port);
  }
}
