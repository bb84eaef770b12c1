import { constants } from 'node:os';
import type { ConnectionSelector } from '@sallyport/dataplane';
import { defaultMarks } from '@sallyport/dataplane';
import { NetlinkError } from '@sallyport/nfnetlink';
import { deleteConnections } from './delete-connections.ts';
import { KernelStandIn } from './testing/kernel-stand-in.ts';

const { EINVAL, EOPNOTSUPP, EPERM, EBUSY } = constants.errno;

const pod: ConnectionSelector = { kind: 'pod', ip: '10.244.1.11', internal: [] };
const many = Array.from({ length: 9 }, (_, index): ConnectionSelector => ({
  ...pod,
  ip: `10.244.1.${index}`,
}));

describe('deleteConnections', () => {
  it('deletes the chosen entries, and leaves the others', async () => {
    const kernel = kernelWith(300);
    await deleteFrom(kernel);
    expect(kernel.sources()).toEqual(['10.244.1.99']);
    expect(kernel.datagrams).toEqual([1, 128, 128, 44]);
  });

  it('opens no socket for nobody', async () => {
    const kernel = kernelWith(1);
    await deleteConnections(() => kernel.open(), [], defaultMarks);
    expect(kernel.sockets).toBe(0);
  });

  it.each([
    ['EINVAL', EINVAL],
    ['EOPNOTSUPP', EOPNOTSUPP],
  ])('dumps the whole table when the kernel refuses a filter with %s', async (_, errno) => {
    const kernel = kernelWith(3);
    kernel.refusesFilters = errno;
    await deleteFrom(kernel);
    expect(kernel.sources()).toEqual(['10.244.1.99']);
  });

  it('chooses by itself when the kernel ignores a filter', async () => {
    const kernel = kernelWith(3);
    kernel.ignoresFilters = true;
    await deleteFrom(kernel);
    expect(kernel.sources()).toEqual(['10.244.1.99']);
  });

  it('takes entries that ended meanwhile for deleted', async () => {
    const kernel = kernelWith(300);
    kernel.beforeDeletion = () => {
      kernel.clear();
    };
    await expect(deleteFrom(kernel)).resolves.toBeUndefined();
  });

  it('does not delete an entry that took the place of a chosen one', async () => {
    const kernel = kernelWith(1);
    kernel.beforeDeletion = () => {
      kernel.renew();
    };
    await deleteFrom(kernel);
    expect(kernel.sources()).toEqual(['10.244.1.11', '10.244.1.99']);
  });

  it.each(['interruption', 'overflow'] as const)('repeats a dump with an %s', async (fault) => {
    const kernel = kernelWith(3);
    kernel.faultyDumps = { fault, times: 4 };
    await deleteFrom(kernel);
    expect(kernel.sources()).toEqual(['10.244.1.99']);
    expect([kernel.sockets, kernel.openSockets]).toEqual([5, 0]);
  });

  it.each([
    ['interruption', 'ctnetlink: the table changed during each dump'],
    ['overflow', 'netlink: no room: ENOBUFS'],
  ] as const)('gives up after five dumps with an %s', async (fault, text) => {
    const kernel = kernelWith(3);
    kernel.faultyDumps = { fault, times: Infinity };
    await expect(deleteFrom(kernel)).rejects.toThrow(text);
    expect([kernel.sockets, kernel.openSockets]).toEqual([5, 0]);
    expect(kernel.sources()).toEqual(['10.244.1.11', '10.244.1.99']);
  });

  it('keeps a limited number of deletions in memory, and dumps again for the others', async () => {
    const kernel = kernelWith(300);
    await deleteConnections(() => kernel.open(), [pod], defaultMarks, 130);
    expect(kernel.sources()).toEqual(['10.244.1.99']);
    expect(kernel.datagrams).toEqual([1, 128, 2, 1, 128, 2, 1, 40]);
  });

  it('repeats everything when answers to deletions are lost', async () => {
    const kernel = kernelWith(300);
    kernel.overflowsOnDeletion = 1;
    await deleteFrom(kernel);
    expect(kernel.sources()).toEqual(['10.244.1.99']);
    expect(kernel.sockets).toBe(2);
  });

  it.each([
    ['a dump', 'list conntrack entries'],
    ['a deletion', 'delete a conntrack entry'],
  ])('names the missing capability when %s is not permitted', async (request, text) => {
    const kernel = kernelWith(300);
    const refuse = (): void => {
      kernel.refusesDatagrams = EPERM;
    };
    if (request === 'a dump') {
      refuse();
    } else {
      kernel.beforeDeletion = refuse;
    }
    const error = await deleteFrom(kernel).catch((thrown: unknown) => thrown);
    expect(error).toBeInstanceOf(NetlinkError);
    expect(error).toMatchObject({
      code: 'NETLINK_FAILED',
      errorName: 'EPERM',
      message: `ctnetlink: ${text}: EPERM: give the program the capability CAP_NET_ADMIN in the user namespace of this network`,
    });
    expect(kernel.openSockets).toBe(0);
  });

  it('rejects when a deletion in the middle of a datagram fails', async () => {
    const kernel = kernelWith(300);
    kernel.failingDeletion = { index: 5, errno: EBUSY };
    await expect(deleteFrom(kernel)).rejects.toThrow('delete a conntrack entry: EBUSY');
  });

  it('lists a part of the table for a few selectors, and all of it once for many', async () => {
    const few = kernelWith(1);
    await deleteConnections(() => few.open(), [pod, { kind: 'snat-id', snatId: 1 }], defaultMarks);
    expect(few.filters).toEqual(['source', 'zone']);
    const whole = kernelWith(1);
    await deleteConnections(() => whole.open(), many, defaultMarks);
    expect(whole.filters).toEqual(['family']);
  });
});

/** A table with connections of {@link pod}, and one of another Pod. */
function kernelWith(connections: number): KernelStandIn {
  const kernel = new KernelStandIn();
  for (let sourcePort = 1; sourcePort <= connections; sourcePort += 1) {
    kernel.add({ ...CONNECTION, sourcePort });
  }
  kernel.add({ ...CONNECTION, source: '10.244.1.99', sourcePort: 1 });
  return kernel;
}

const CONNECTION = {
  source: '10.244.1.11',
  destination: '203.0.113.10',
  translatedSource: '192.168.77.11',
  zone: 0,
};

function deleteFrom(kernel: KernelStandIn): Promise<void> {
  return deleteConnections(() => kernel.open(), [pod], defaultMarks);
}
