/** A connection as its conntrack entry has it; ports and protocol do not matter here. */
export interface Connection {
  /** The host that opened it, before source NAT. */
  readonly source: string;
  /** Its destination after destination NAT: the source of the replies. */
  readonly destination: string;
  /** The source after source NAT: the destination of the replies. */
  readonly translatedSource: string;
  /**
   * The conntrack zone of its original direction, where a rule chose one for that direction alone;
   * else 0. Open vSwitch, for one, chooses a zone for both directions.
   */
  readonly zone: number;
}
