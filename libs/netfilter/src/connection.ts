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
   * else 0.
   */
  readonly zone: number;
}

const TUPLES =
  / src=(?<source>\S+) dst=\S+(?: (?!src=|zone-orig=)\S+)*(?: zone-orig=(?<zone>\d+))?(?: (?!src=)\S+)* src=(?<destination>\S+) dst=(?<translatedSource>\S+)/;

/** The connections of `conntrack -L`. */
export function parseConnections(stdout: string): readonly Connection[] {
  return stdout.split('\n').flatMap((line) => {
    const { source, destination, translatedSource, zone = 0 } = TUPLES.exec(line)?.groups ?? {};
    if (source === undefined || destination === undefined || translatedSource === undefined) {
      return [];
    }
    return { source, destination, translatedSource, zone: Number(zone) };
  });
}
