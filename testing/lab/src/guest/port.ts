import {
  closeSync,
  createReadStream,
  createWriteStream,
  openSync,
  readdirSync,
  readFileSync,
} from 'node:fs';
import type { Readable, Writable } from 'node:stream';
import { portName } from './port-name.ts';

const sysfs = '/sys/class/virtio-ports';

/** The two directions of the virtio-serial port that leads to the host. */
export interface Port {
  readonly input: Readable;
  readonly output: Writable;
}

/**
 * Opens the port by the name QEMU gave it: there is no udev in the guest that would make
 * /dev/virtio-ports.
 */
export function openPort(): Port {
  const device = readdirSync(sysfs).find(
    (entry) => readFileSync(`${sysfs}/${entry}/name`, 'utf8').trim() === portName,
  );
  if (device === undefined) {
    throw new Error(`no virtio-serial port is named ${portName}: see ${sysfs}`);
  }
  // One descriptor for both directions: the driver lets a port be opened once.
  const fd = openSync(`/dev/${device}`, 'r+');
  process.once('exit', () => {
    closeSync(fd);
  });
  return {
    input: createReadStream('', { fd, autoClose: false, highWaterMark: 64 * 1024 }),
    output: createWriteStream('', { fd, autoClose: false, highWaterMark: 1024 * 1024 }),
  };
}
