/** The Node that a plan is for. */
export interface NodeFacts {
  readonly name: string;
  /** The address that other Nodes tunnel to. */
  readonly ip: string;
  /** MTU in bytes of the device that the packets of the tunnel leave by. */
  readonly uplinkMtu: number;
}
