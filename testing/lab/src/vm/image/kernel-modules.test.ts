import { loadOrder } from './kernel-modules.ts';

const modulesDep = `kernel/drivers/virtio/virtio_pci.ko: kernel/drivers/virtio/virtio.ko kernel/drivers/virtio/virtio_ring.ko
kernel/drivers/virtio/virtio.ko: kernel/drivers/virtio/virtio_ring.ko
kernel/drivers/virtio/virtio_ring.ko:
kernel/drivers/char/hw_random/virtio-rng.ko.xz: kernel/drivers/virtio/virtio.ko kernel/drivers/virtio/virtio_ring.ko
`;

describe('loadOrder', () => {
  it('puts each module, once, after all it needs', () => {
    expect(loadOrder(modulesDep, ['virtio_pci', 'virtio_rng'])).toEqual([
      'kernel/drivers/virtio/virtio_ring.ko',
      'kernel/drivers/virtio/virtio.ko',
      'kernel/drivers/virtio/virtio_pci.ko',
      'kernel/drivers/char/hw_random/virtio-rng.ko.xz',
    ]);
  });

  it('leaves out modules built into the kernel', () => {
    expect(loadOrder(modulesDep, ['ext4'])).toEqual([]);
  });
});
