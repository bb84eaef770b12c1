/**
 * Name of the virtio-serial port between host and guest; QEMU is told it and the guest looks for
 * it.
 */
export const portName = 'sallyport.rpc';
