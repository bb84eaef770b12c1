import { guestArgv } from './qemu-argv.ts';

describe('guestArgv', () => {
  const argv = guestArgv({
    accelerator: 'tcg',
    memoryMiB: 1024,
    cpus: 3,
    kernel: '/cache/kernel',
    firstFileSystem: '/dev/fd/3',
    image: '/home/a,b/root.ext4',
    portFd: 4,
    shares: [{ hostPath: '/home/a,b', guestPath: '/repo' }],
  });

  it('gives the machine the requested parts', () => {
    expect(valuesOf(argv, '-accel')).toEqual(['tcg,thread=multi']);
    expect(valuesOf(argv, '-smp')).toEqual(['3']);
    expect(valuesOf(argv, '-m')).toEqual(['1024M']);
    expect(valuesOf(argv, '-chardev')).toEqual(['socket,id=rpc,fd=4']);
  });

  it('opens nothing of the host for writing', () => {
    expect(valuesOf(argv, '-drive')).toEqual([expect.stringContaining('readonly=on')]);
    expect(valuesOf(argv, '-virtfs')).toEqual([expect.stringContaining('readonly=on')]);
  });

  it('doubles commas in paths, which QEMU would take for the end of the path', () => {
    expect(valuesOf(argv, '-drive')[0]).toContain('file=/home/a,,b/root.ext4');
    expect(valuesOf(argv, '-virtfs')[0]).toContain('path=/home/a,,b,mount_tag=share0');
  });
});

function valuesOf(argv: readonly string[], option: string): readonly string[] {
  return argv.filter((_, index) => argv[index - 1] === option);
}
