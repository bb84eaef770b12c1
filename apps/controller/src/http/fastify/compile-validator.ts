import { objectParserFor, parserFor } from '@sallyport/api/schemas';
import type { FastifySchemaCompiler } from 'fastify';
import type { TSchema } from 'typebox';
import { Type } from 'typebox';
import { Value } from 'typebox/value';

/**
 * Validates requests with the parsers of the API, in place of Fastify's Ajv: the same schemas, the
 * same messages as in the agent. Drops fields that the schema does not have. The controller keeps a
 * report of each Node, and must not keep additions of a client.
 */
export const compileValidator: FastifySchemaCompiler<TSchema> = ({ schema, httpPart = '' }) => {
  const parse =
    httpPart === 'body' && Type.IsObject(schema)
      ? objectParserFor(schema)
      : parserFor(schema, () => ({ object: httpPart, remedy: 'See /openapi.json.' }));
  return (data: unknown) => {
    try {
      return { value: Value.Clean(schema, parse(data)) };
    } catch (error) {
      return { error: error as Error };
    }
  };
};
