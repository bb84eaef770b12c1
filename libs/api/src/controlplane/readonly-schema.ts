import type {
  TArray,
  TArrayOptions,
  TImmutable,
  TObject,
  TObjectOptions,
  TProperties,
  TReadonlyObject,
  TSchema,
} from 'typebox';
import { Type } from 'typebox';

/** A JSON object whose type is readonly. */
export function object<const P extends TProperties>(
  properties: P,
  options?: TObjectOptions,
): TReadonlyObject<TObject<P>> {
  return Type.ReadonlyObject(Type.Object(properties, options));
}

/** A JSON array whose type is readonly. */
export function list<const T extends TSchema>(
  items: T,
  options?: TArrayOptions,
): TImmutable<TArray<T>> {
  return Type.Immutable(Type.Array(items, options));
}
