import { isIPv6, SocketAddress } from 'node:net';

/** The text of an address of 4 or 16 bytes, in the one form that {@link canonicalIp} gives. */
export function ipFromBytes(bytes: Buffer, start: number, end: number): string {
  if (end - start === 4) {
    return `${bytes[start]}.${bytes[start + 1]}.${bytes[start + 2]}.${bytes[start + 3]}`;
  }
  if (end - start !== 16) {
    throw new Error(`an address of netlink has ${end - start} bytes`);
  }
  const groups: string[] = [];
  for (let at = start; at < end; at += 2) {
    groups.push(bytes.readUInt16BE(at).toString(16));
  }
  return compressed(groups.join(':'));
}

/** The bytes of an address in any notation. Throws when it is none. */
export function bytesFromIp(ip: string): Buffer {
  if (!isIPv6(ip)) {
    return Buffer.from(canonicalIp(ip).split('.').map(Number));
  }
  const [head = '', tail] = canonicalIp(ip).split('::');
  const before = groupsOf(head);
  const after = groupsOf(tail ?? '');
  const zeros = Array.from({ length: 8 - before.length - after.length }, () => '0');
  const hex = [...before, ...zeros, ...after].map((group) => group.padStart(4, '0'));
  return Buffer.from(hex.join(''), 'hex');
}

/** The form of RFC 5952 of an address in any notation. Throws when it is no address. */
export function canonicalIp(ip: string): string {
  return new SocketAddress({ address: ip, family: isIPv6(ip) ? 'ipv6' : 'ipv4' }).address;
}

/** Replaces the first of the longest runs of two zeros or more (RFC 5952, section 4.2). */
function compressed(text: string): string {
  let longest = '';
  for (const [run] of text.matchAll(/\b0(?::0)+\b/g)) {
    longest = run.length > longest.length ? run : longest;
  }
  if (longest === '') {
    return text;
  }
  const [before = '', after = ''] = splitOnce(text, longest);
  return `${before.replace(/:$/, '')}::${after.replace(/^:/, '')}`;
}

function splitOnce(text: string, run: string): readonly string[] {
  const at = text.search(new RegExp(`\\b${run}\\b`));
  return [text.slice(0, at), text.slice(at + run.length)];
}

function groupsOf(text: string): readonly string[] {
  return text === '' ? [] : text.split(':');
}
