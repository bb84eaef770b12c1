import {
  closeSync,
  createReadStream,
  createWriteStream,
  openSync,
  readdirSync,
  readFileSync,
} from 'node:fs';
import type { Readable, Writable } from 'node:stream';
import { portName } from './protocol.ts';

const sysfs = '/sys/class/virtio-ports';

/** The two directions of the virtio-serial port that leads to the host. */
export interface Port {
  readonly input: Readable;
  readonly output: Writable;
}

/**
 * Opens the port by the name that QEMU gave it. The guest has no udev, which would make
 * /dev/virtio-ports. Throws when there is no such port.
 */
export function openPort(): Port {
  const device = readdirSync(sysfs).find(
    (entry) => readFileSync(`${sysfs}/${entry}/name`, 'utf8').trim() === portName,
  );
  if (device === undefined) {
    throw new Error(`no virtio-serial port is named ${portName}: see ${sysfs}`);
  }
  // One descriptor for both directions: the driver allows only one.
  const fd = openSync(`/dev/${device}`, 'r+');
  process.once('exit', () => {
    closeSync(fd);
  });
  return {
    input: createReadStream('', { fd, autoClose: false, highWaterMark: 64 * 1024 }),
    output: createWriteStream('', { fd, autoClose: false, highWaterMark: 1024 * 1024 }),
  };
}
