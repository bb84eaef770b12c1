/** What the plan needs to know of the Node it is for. */
export interface NodeFacts {
  readonly name: string;
  /** The address other Nodes tunnel to. */
  readonly ip: string;
  /** MTU in bytes of the device that the tunnel's packets leave by. */
  readonly uplinkMtu: number;
}
