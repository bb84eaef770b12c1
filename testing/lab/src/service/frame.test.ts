import fc from 'fast-check';
import { createFrameDecoder, encodeFrame, maxFrameBytes } from './frame.ts';

describe('frames', () => {
  it('start with their length in bytes', () => {
    expect(encodeFrame('é')).toEqual(Buffer.from([0, 0, 0, 4, 0x22, 0xc3, 0xa9, 0x22]));
  });

  it('come out as they went in, however the stream is cut', () => {
    fc.assert(
      fc.property(fc.array(fc.jsonValue()), fc.array(fc.nat({ max: 40 })), (messages, cuts) => {
        // JSON has no negative zero.
        const sent = JSON.parse(JSON.stringify(messages)) as unknown[];
        let stream = Buffer.concat(sent.map(encodeFrame));
        const decode = createFrameDecoder();
        const received: unknown[] = [];
        for (const cut of cuts) {
          received.push(...decode(stream.subarray(0, cut)));
          stream = stream.subarray(cut);
        }
        received.push(...decode(stream));
        expect(received).toEqual(sent);
      }),
    );
  });

  it('of an absurd length mean that the two sides lost step', () => {
    const decode = createFrameDecoder();
    expect(() => decode(Buffer.from([0xff, 0xff, 0xff, 0xff]))).toThrow(
      `a frame of 4294967295 bytes was announced; at most ${maxFrameBytes} are allowed`,
    );
  });
});
