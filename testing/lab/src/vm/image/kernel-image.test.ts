import { payloadOf } from './kernel-image.ts';

describe('payloadOf', () => {
  it('finds the compressed kernel, without the length after it', () => {
    const data = Buffer.from('fd377a585a000001', 'hex');
    expect(payloadOf(bzImage(data))).toEqual({ kind: 'xz', data });
  });

  it('says when it is compressed in another way', () => {
    expect(payloadOf(bzImage(Buffer.from('28b52ffd00000000', 'hex')))).toEqual({
      kind: 'other',
    });
  });
});

/** A bzImage with nothing but the fields that are looked at. */
function bzImage(payload: Buffer): Buffer {
  const image = Buffer.alloc(1024 + 512 + 8 + payload.length + 4 + 100);
  image.writeUInt8(2, 0x1f1);
  image.writeUInt32LE(8, 0x248);
  image.writeUInt32LE(payload.length + 4, 0x24c);
  payload.copy(image, 1024 + 512 + 8);
  return image;
}
