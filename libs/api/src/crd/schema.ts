/**
 * The part of OpenAPI v3 that our structural schemas use (apiextensions.k8s.io/v1 JSONSchemaProps).
 */
export interface Schema {
  readonly type?: 'object' | 'array' | 'string' | 'integer';
  readonly description?: string;
  readonly required?: readonly string[];
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly additionalProperties?: Schema;
  readonly items?: Schema;
  readonly minItems?: number;
  readonly maxItems?: number;
  readonly maxProperties?: number;
  readonly minimum?: number;
  readonly maximum?: number;
  readonly maxLength?: number;
  readonly pattern?: string;
  readonly format?: string;
  readonly default?: object;
  readonly enum?: readonly string[];
  readonly 'x-kubernetes-int-or-string'?: true;
  readonly 'x-kubernetes-list-type'?: 'map';
  readonly 'x-kubernetes-list-map-keys'?: readonly string[];
  readonly 'x-kubernetes-validations'?: readonly Rule[];
}

/** A check in CEL by the API server, and its message. */
export interface Rule {
  readonly rule: string;
  readonly message: string;
  /** CEL for the message; the API server falls back to `message` when it fails. */
  readonly messageExpression?: string;
  /**
   * The prefix of the message; without it `Invalid value` and, before Kubernetes 1.35, only the
   * type.
   */
  readonly reason?: 'FieldValueRequired' | 'FieldValueForbidden';
  /** The field of the message, below this one: `.values`. */
  readonly fieldPath?: string;
}
