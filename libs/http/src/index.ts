export { listenErrorFor } from './listen-error.ts';
export { type Answer, programRoutes, type ProgramViews, type Routes } from './program-routes.ts';
export { type HttpServer, startHttpServer } from './start-http-server.ts';
