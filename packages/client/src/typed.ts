/** What the OpenAPI document says of each route, as types of a request and of its answer. */
import type { paths } from './generated/openapi.ts';

export type Method = 'GET' | 'HEAD' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';

type Described<M extends Method> = Record<Lowercase<M>, { responses: object }>;

/** The routes that have a method, as the document writes them: `/api/sessions/{id}`. */
export type PathOf<M extends Method> = {
  [P in keyof paths]: paths[P] extends Described<M> ? P : never;
}[keyof paths];

type Operation<M extends Method, P> = P extends keyof paths
  ? Lowercase<M> extends keyof paths[P]
    ? paths[P][Lowercase<M>]
    : never
  : never;

type Parameters<O> = O extends { parameters: infer T } ? T : never;
type Given<T, K extends string> = T extends { [N in K]: infer V }
  ? V
  : T extends { [N in K]?: infer V }
    ? V
    : undefined;
/** A member that is left out where the route has none, and optional where all of it is. */
type Member<K extends string, V> = [V] extends [undefined]
  ? unknown
  : undefined extends V
    ? { [N in K]?: V }
    : { [N in K]: V };
type JsonOf<T> = T extends { content: { 'application/json': infer B } } ? B : never;
type BodyOf<O> = O extends { requestBody: infer B } ? OrLeftOut<JsonOf<B>> : undefined;
/** What may be null may be left out. */
type OrLeftOut<B> = null extends B ? B | undefined : B;

/** What a route takes: parameters of its path, its query, its JSON body. */
export type RequestOf<M extends Method, P> = Member<'path', Given<Parameters<Operation<M, P>>, 'path'>> &
  Member<'query', Given<Parameters<Operation<M, P>>, 'query'>> &
  Member<'body', BodyOf<Operation<M, P>>>;

type Good = 200 | 201 | 202;
/** What a route answers when all is well. */
export type AnswerOf<M extends Method, P, S extends Good = Good> =
  Operation<M, P> extends { responses: infer R } ? { [K in keyof R & S]: JsonOf<R[K]> }[keyof R & S] : never;
