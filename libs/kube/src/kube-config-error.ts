import { describeError } from '@sallyport/api';

/** The kubeconfig, or a file or command that it refers to, is missing or invalid. */
export class KubeConfigError extends Error {
  override readonly name = 'KubeConfigError';
  readonly code = 'KUBE_CONFIG';
}

/**
 * The error of a source of credentials. Parsers quote the text around a mistake, and it may be a
 * token. Only the place of the mistake is kept, and the parser's error is no `cause`.
 */
export function kubeConfigErrorFor(source: string, error: unknown): KubeConfigError {
  if (error instanceof SyntaxError) {
    return new KubeConfigError(`${source}: the output of its command is not JSON`);
  }
  return isYamlError(error)
    ? new KubeConfigError(`${source}: ${describeYamlError(error)}`)
    : new KubeConfigError(`${source}: ${describeError(error)}`, { cause: error });
}

/** The fields of js-yaml's YAMLException; the numbers count from 0. */
interface YamlError {
  readonly reason: string;
  readonly mark?: { readonly line: number; readonly column: number };
}

function isYamlError(error: unknown): error is YamlError {
  return error instanceof Error && error.name === 'YAMLException' && 'reason' in error;
}

function describeYamlError({ reason, mark }: YamlError): string {
  const place = mark && ` at line ${mark.line + 1}, column ${mark.column + 1}`;
  // The rest of a reason may quote the file, as in: unidentified alias "…".
  const [words = ''] = reason.split(/["'!<]/);
  return `it is not YAML${place ?? ''}: ${words.trim()}`;
}
