import fc from 'fast-check';
import {
  attribute,
  datagramOf,
  errnoOf,
  findAttribute,
  message,
  messagesOf,
  nested,
  NLM_F_ACK,
  NLMSG_ERROR,
} from './netlink-message.ts';

const payloads = fc.uint8Array({ maxLength: 40 });

describe('attributes', () => {
  it('are padded to four bytes, with the length before padding', () => {
    expect(attribute(18, Buffer.from([1, 2])).toString('hex')).toBe('06001200' + '01020000');
    expect(nested(25, attribute(1, Buffer.from([1, 0, 0, 0]))).toString('hex')).toBe(
      '0c001980' + '0800010001000000',
    );
  });

  it('are found by type, whatever their flags and their neighbours', () => {
    const attributes = fc.array(fc.tuple(fc.nat({ max: 0x3fff }), payloads, fc.boolean()));
    fc.assert(
      fc.property(attributes, fc.nat({ max: 7 }), (list, offset) => {
        const encoded = list.map(([type, payload, isNested]) =>
          isNested ? nested(type, payload) : attribute(type, payload),
        );
        const bytes = Buffer.concat([Buffer.alloc(offset), ...encoded]);
        const within = { start: offset, end: bytes.length };
        for (const [type] of list) {
          const found = findAttribute(bytes, within, type);
          const [, expected] = list.find(([other]) => other === type) ?? [];
          expect(found && bytes.subarray(found.start, found.end)).toEqual(
            Buffer.from(expected ?? []),
          );
        }
        expect(findAttribute(bytes, within, 0x4000)).toBeUndefined();
      }),
    );
  });

  it.each([
    ['shorter than its header', '03000100'],
    ['longer than its surroundings', '0c00010001000000'],
    ['only half a header', '0400'],
  ])('refuses one that is %s', (_, hex) => {
    const bytes = Buffer.from(hex, 'hex');
    expect(() => findAttribute(bytes, { start: 0, end: bytes.length }, 2)).toThrow(
      'a netlink attribute at byte 0 has an invalid length',
    );
  });
});

describe('messages', () => {
  it('come out of a datagram as they went in', () => {
    const messages = fc.array(
      fc.record({
        type: fc.nat({ max: 0xffff }),
        flags: fc.nat({ max: 0xffff }),
        sequence: fc.nat({ max: 0xffff_ffff }),
        content: payloads,
      }),
    );
    fc.assert(
      fc.property(messages, (list) => {
        const datagram = Buffer.concat(
          list.map(({ content, ...header }) => message(header, content)),
        );
        expect(
          messagesOf(datagram).map(({ bytes, payload, ...header }) => ({
            ...header,
            content: new Uint8Array(bytes.subarray(payload.start, payload.end)),
          })),
        ).toEqual(list);
      }),
    );
  });

  it.each([
    ['shorter than its header', '0f000000' + '00'.repeat(12)],
    ['longer than the datagram', '20000000' + '00'.repeat(12)],
    ['only half a header', '10000000'],
  ])('refuses a datagram with one that is %s', (_, hex) => {
    expect(() => messagesOf(Buffer.from(hex, 'hex'))).toThrow('has an invalid length');
  });

  it('ask for an answer to the last of a datagram', () => {
    const request = message({ type: 1, flags: 1, sequence: 1 }, Buffer.from([1]));
    expect(messagesOf(datagramOf([request, request])).map(({ flags }) => flags)).toEqual([
      1,
      1 | NLM_F_ACK,
    ]);
  });

  it('say by which error a request failed', () => {
    const header = { type: NLMSG_ERROR, flags: 0, sequence: 1 };
    const [failed, done] = messagesOf(
      Buffer.concat([message(header, Buffer.from([0xfe, 0xff, 0xff, 0xff])), message(header)]),
    );
    expect([failed, done].map((one) => one && errnoOf(one))).toEqual([2, 0]);
  });
});
