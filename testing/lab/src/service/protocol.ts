/** Name of the virtio-serial port between host and guest, as QEMU and the guest know it. */
export const portName = 'sallyport.rpc';

/** A message from the host to the guest. The host chooses `id`, which every reply repeats. */
export type Request =
  | StartRequest
  /** Bytes for a process's standard input, base64. */
  | { readonly kind: 'stdin'; readonly id: number; readonly data: string }
  | { readonly kind: 'stdin-end'; readonly id: number }
  /** Signals the whole process group. A process that is gone already is no error. */
  | { readonly kind: 'signal'; readonly id: number; readonly signal: string }
  | { readonly kind: 'resize'; readonly id: number; readonly size: TerminalSize }
  | {
      readonly kind: 'write-file';
      readonly id: number;
      readonly path: string;
      readonly mode: number;
      readonly data: string;
    }
  | { readonly kind: 'read-file'; readonly id: number; readonly path: string };

export interface StartRequest {
  readonly kind: 'start';
  readonly id: number;
  readonly argv: readonly string[];
  /** Name of a network namespace; default: the guest's root namespace. */
  readonly netns?: string | undefined;
  readonly env?: Readonly<Record<string, string>> | undefined;
  readonly cwd?: string | undefined;
  /** Given: the whole standard input, base64. Absent: it stays open for `stdin` messages. */
  readonly stdin?: string | undefined;
  /** Given: the process gets a terminal of this size, and its whole output arrives as stdout. */
  readonly terminal?: TerminalSize | undefined;
  /** Given: the process group is killed after this many milliseconds. */
  readonly timeoutMs?: number | undefined;
}

export interface TerminalSize {
  readonly columns: number;
  readonly rows: number;
}

/** A message from the guest to the host. */
export type Reply =
  /** Sent once, with id 0, when the guest is fully set up or could not be. */
  | { readonly kind: 'ready'; readonly id: 0; readonly problem?: string }
  | { readonly kind: 'started'; readonly id: number; readonly pid: number }
  /** Bytes that a process wrote, base64. */
  | { readonly kind: 'stdout' | 'stderr'; readonly id: number; readonly data: string }
  /** The last message about a process. */
  | {
      readonly kind: 'ended';
      readonly id: number;
      readonly exitCode: number | null;
      readonly signal: string | null;
      readonly timedOut: boolean;
    }
  /** The answer to `read-file` (the content, base64) and to `write-file` (empty). */
  | { readonly kind: 'file'; readonly id: number; readonly data: string }
  /** The request could not be carried out; nothing else follows for this id. */
  | { readonly kind: 'failed'; readonly id: number; readonly message: string };
