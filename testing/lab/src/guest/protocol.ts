/**
 * What the host asks of the guest. `id` is chosen by the host and names the request in every
 * answer.
 */
export type Request =
  | StartRequest
  /** Bytes for a process's standard input, base64. */
  | { readonly type: 'stdin'; readonly id: number; readonly data: string }
  | { readonly type: 'stdinEnd'; readonly id: number }
  /** Signals the whole process group. A process that is gone already is no error. */
  | { readonly type: 'signal'; readonly id: number; readonly signal: string }
  | { readonly type: 'resize'; readonly id: number; readonly size: TerminalSize }
  | {
      readonly type: 'writeFile';
      readonly id: number;
      readonly path: string;
      readonly mode: number;
      readonly data: string;
    }
  | { readonly type: 'readFile'; readonly id: number; readonly path: string };

export interface StartRequest {
  readonly type: 'start';
  readonly id: number;
  readonly argv: readonly string[];
  readonly netns?: string;
  readonly env?: Readonly<Record<string, string>>;
  readonly cwd?: string;
  /**
   * Given: all that its standard input holds, base64; otherwise that stays open for `stdin`
   * messages.
   */
  readonly stdin?: string;
  /** Given: the process gets a terminal of this size, and what it prints arrives as stdout. */
  readonly terminal?: TerminalSize;
  /** Given: the process group is killed after this many milliseconds. */
  readonly timeoutMs?: number;
}

export interface TerminalSize {
  readonly columns: number;
  readonly rows: number;
}

/** What the guest tells the host. */
export type Reply =
  /** Sent once, with id 0, when the guest is fully set up or could not be. */
  | { readonly type: 'ready'; readonly id: 0; readonly problem?: string }
  | { readonly type: 'started'; readonly id: number; readonly pid: number }
  /** Bytes that a process wrote, base64. */
  | { readonly type: 'stdout' | 'stderr'; readonly id: number; readonly data: string }
  /** The last message about a process. */
  | {
      readonly type: 'ended';
      readonly id: number;
      readonly exitCode: number | null;
      readonly signal: string | null;
      readonly timedOut: boolean;
    }
  /** The answer to readFile (the content, base64) and to writeFile (empty). */
  | { readonly type: 'file'; readonly id: number; readonly data: string }
  /** The request could not be carried out; nothing else follows for this id. */
  | { readonly type: 'failed'; readonly id: number; readonly message: string };
