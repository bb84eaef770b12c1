/**
 * Our bits of the packet mark (fwmark) and of the connection mark. They can be chosen, because
 * other software on a Node has bits of its own: kube-proxy 0x4000 and 0x8000, CNIs others.
 */
export interface Marks {
  /**
   * The SNAT id: eight adjacent bits within the lower 16, since the mark is also a conntrack zone.
   */
  readonly snatIdMask: number;
  /** One bit: redirect to another Node. */
  readonly redirect: number;
  /** One bit: a reply, to be returned through the tunnel. */
  readonly return: number;
  /** One bit: drop if the destination is external. */
  readonly drop: number;
  /** One bit of the connection mark: opened by a Pod on another Node. */
  readonly connmarkBack: number;
}

/** Clear of kube-proxy's bits. The agent's `--mark-…` options choose others. */
export const defaultMarks: Marks = {
  snatIdMask: 0x0000_00ff,
  redirect: 0x0000_1000,
  return: 0x0000_0800,
  drop: 0x0000_0400,
  connmarkBack: 0x0000_2000,
};

/** The bits of kube-proxy: to be masqueraded, to be dropped. */
const KUBE_PROXY_BITS = 0xc000;

/** SNAT ids on one Node: 1 to this; 0 is no id. */
export const MAX_SNAT_IDS = 255;

const markNames = ['snatIdMask', 'redirect', 'return', 'drop', 'connmarkBack'] as const;

/** The flags of the agent that choose the marks. */
const flags: Readonly<Record<keyof Marks, string>> = {
  snatIdMask: '--mark-snat-id-mask',
  redirect: '--mark-redirect',
  return: '--mark-return',
  drop: '--mark-drop',
  connmarkBack: '--connmark-back',
};

/** The faults of a choice of marks, a sentence each; empty for a valid choice. */
export function markFaults(marks: Marks): readonly string[] {
  const faults: string[] = [];
  const mask = marks.snatIdMask;
  if (!isMark(mask) || mask > 0xffff || mask / snatIdUnit(marks) !== MAX_SNAT_IDS) {
    faults.push(
      `${flags.snatIdMask} ${hex(mask)}: choose eight adjacent bits within 0xffff, such as 0xff`,
    );
  }
  for (const name of markNames) {
    const mark = marks[name];
    if (name !== 'snatIdMask' && (!isMark(mark) || !isOneBit(mark))) {
      faults.push(`${flags[name]} ${hex(mark)}: choose one bit, such as 0x1000`);
    }
    if ((mark & KUBE_PROXY_BITS) !== 0) {
      faults.push(
        `${flags[name]} ${hex(mark)}: the bits ${hex(KUBE_PROXY_BITS)} are kube-proxy's, choose others`,
      );
    }
  }
  const ofPackets = (['snatIdMask', 'redirect', 'return', 'drop'] as const).map((name) => ({
    name,
    mark: marks[name],
  }));
  ofPackets.forEach((one, index) => {
    for (const other of ofPackets.slice(index + 1)) {
      if ((one.mark & other.mark) === 0) {
        continue;
      }
      faults.push(
        `${flags[one.name]} ${hex(one.mark)} and ${flags[other.name]} ${hex(other.mark)} overlap: choose other bits`,
      );
    }
  });
  return faults;
}

/**
 * All our bits of the packet mark. They are written and matched together: a value of other software
 * with some of these bits (Cilium 0xf00, wg-quick 0xca6c) is not ours.
 */
export function packetMask(marks: Marks): number {
  return (marks.snatIdMask | stateMask(marks)) >>> 0;
}

/** Our bits except the SNAT id: a packet that this Node translates has none of them. */
export function stateMask({ redirect, return: back, drop }: Marks): number {
  return (redirect | back | drop) >>> 0;
}

/** The mark of a SNAT id. */
export function snatMark(id: number, marks: Marks): number {
  return id * snatIdUnit(marks);
}

/** The SNAT id in a mark; 0 for none. */
export function snatIdOf(mark: number, marks: Marks): number {
  return ((mark & marks.snatIdMask) >>> 0) / snatIdUnit(marks);
}

/** As iptables, ipset and OVS print marks. */
export function hex(value: number): string {
  return `0x${value.toString(16)}`;
}

function isMark(mark: number): boolean {
  return Number.isInteger(mark) && mark > 0 && mark <= 0xffff_ffff;
}

function snatIdUnit({ snatIdMask }: Marks): number {
  return (snatIdMask & -snatIdMask) >>> 0;
}

function isOneBit(mark: number): boolean {
  return (mark & (mark - 1)) === 0;
}
