import { message, messagesOf } from '@sallyport/nfnetlink';
import fc from 'fast-check';
import type { ConntrackEntry } from './conntrack-entry.ts';
import { entryFromMessage } from './conntrack-entry.ts';
import { deletionRequest, dumpRequest } from './conntrack-request.ts';
import { creationRequest } from './testing/creation-request.ts';

/** As Linux 6.18 dumps them. */
const kernel = {
  tcpInOwnZone:
    'f80000000001020001000000a80b0008020000003c00018014000180080001000af4010b080002000a6000071c00028005000100060000000600020003e80000060003000050000006000300000100003400028014000180080001000909090908000200c0a84d0b1c0002800500010006000000060002001f9000000600030003e800000800030000000008080008000000000008000c0074c7d0e508000b0000000001080007000000012b300004802c000180050001000300000005000200000000000500030000000000060004000a000000060005000a0000001c001880080001000000000008000200000000000800030000000000',
  udpInZoneOfOvs:
    'c80000000001020001000000a80b0008020000003400018014000180080001000af4010b08000200010101011c00028005000100110000000600020000050000060003000035000034000280140001800800010001010101080002000af4010b1c00028005000100110000000600020000350000060003000005000006001200fde800000800030000000008080008000000000008000c00e67a9c6408000b0000000001080007000000012b1c001880080001000000000008000200000000000800030000000000',
  icmp: 'd00000000001020001000000a80b0008020000003c00018014000180080001000af4010b080002000101010124000280050001000100000006000400004d0000050005000800000005000600000000003c00028014000180080001000101010108000200c0a84dc824000280050001000100000006000400004d0000050005000000000005000600000000000800030000000008080008000000000008000c0099c0630608000b0000000001080007000000012b1c001880080001000000000008000200000000000800030000000000',
};

describe('entryFromMessage', () => {
  it.each([
    {
      entry: 'tcpInOwnZone' as const,
      expected: {
        source: '10.244.1.11',
        destination: '9.9.9.9',
        translatedSource: '192.168.77.11',
        zone: 1,
      },
    },
    {
      entry: 'udpInZoneOfOvs' as const,
      expected: {
        source: '10.244.1.11',
        destination: '1.1.1.1',
        translatedSource: '10.244.1.11',
        zone: 0,
      },
    },
    {
      entry: 'icmp' as const,
      expected: {
        source: '10.244.1.11',
        destination: '1.1.1.1',
        translatedSource: '192.168.77.200',
        zone: 0,
      },
    },
  ])('reads $entry', ({ entry, expected }) => {
    expect(entryIn(Buffer.from(kernel[entry], 'hex'))).toMatchObject({ family: 2, ...expected });
  });

  it('reads every connection of both families as it was written', () => {
    const ports = fc.nat({ max: 0xffff });
    const connection = (ip: fc.Arbitrary<string>): fc.Arbitrary<Record<string, string>> =>
      fc.record({ source: ip, destination: ip, translatedSource: ip });
    const ends = fc.oneof(
      connection(fc.ipV4()),
      connection(fc.nat({ max: 0xfffe }).map((host) => `2001:db8::${(host + 1).toString(16)}`)),
    );
    fc.assert(
      fc.property(ends, ports, ports, fc.option(ports), (addresses, zone, sourcePort, other) => {
        const { source = '', destination = '', translatedSource = '' } = addresses;
        const written = { source, destination, translatedSource, zone };
        const bothZone = other === null ? {} : { bothZone: other };
        const entry = entryIn(creationRequest({ ...written, ...bothZone, sourcePort }, 1));
        expect(entry).toMatchObject({ ...written, family: source.includes(':') ? 10 : 2 });
        const range = entry?.bothZone;
        expect(range && entry.bytes.readUInt16BE(range.start)).toBe(other ?? undefined);
      }),
    );
  });

  it('does not take a message without tuples for an entry, and refuses a tuple without addresses', () => {
    const header = { type: 0x100, flags: 0, sequence: 1 };
    expect(entryIn(message(header, Buffer.from('02000000', 'hex')))).toBeUndefined();
    const emptyTuples = Buffer.from('02000000' + '04000180' + '04000280', 'hex');
    expect(() => entryIn(message(header, emptyTuples))).toThrow('has no address');
  });
});

describe('deletionRequest', () => {
  it('has the original tuple, the id and the zone as the kernel gave them', () => {
    const { udpInZoneOfOvs } = kernel;
    const entry = entryIn(Buffer.from(udpInZoneOfOvs, 'hex'));
    expect(entry && deletionRequest(entry, 7).toString('hex')).toBe(
      '5800000002010100' +
        '0700000000000000' +
        '02000000' +
        '34000180' +
        '14000180080001000af4010b0800020001010101' +
        '1c00028005000100110000000600020000050000060003000035000' +
        '0' +
        '08000c00e67a9c64' +
        '06001200fde80000',
    );
  });

  it('has the zone of the original direction in the tuple', () => {
    const entry = entryIn(Buffer.from(kernel.tcpInOwnZone, 'hex'));
    const again = entry && entryOfDeletion(entry);
    expect(again?.toString('hex')).toContain('0600030000010000');
  });
});

describe('dumpRequest', () => {
  it.each([
    [{ kind: 'family', family: 10 } as const, '1400000001010103' + '0100000000000000' + '0a000000'],
    [
      { kind: 'source', ipv4: '10.244.1.11' } as const,
      '3800000001010103' +
        '0100000000000000' +
        '02000000' +
        '10000180' +
        '0c000180' +
        '080001000af4010b' +
        '14001980' +
        '0800010001000000' +
        '0800020000000000',
    ],
    [
      { kind: 'zone', zone: 258 } as const,
      '1c00000001010103' + '0100000000000000' + '00000000' + '0600120001020000',
    ],
  ])('%j', (filter, hex) => {
    expect(dumpRequest(filter, 1).toString('hex')).toBe(hex);
  });
});

function entryIn(datagram: Buffer): ConntrackEntry | undefined {
  const [first] = messagesOf(datagram);
  return first && entryFromMessage(first);
}

function entryOfDeletion(entry: ConntrackEntry): Buffer {
  return deletionRequest(entry, 1);
}
