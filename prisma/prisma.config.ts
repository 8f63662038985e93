// For Prisma's own commands, such as `npx prisma migrate status --config prisma/prisma.config.ts`.
// The bot needs neither this file nor Prisma. Paths are relative to this file.
import { defineConfig } from "prisma/config";

export default defineConfig({
  schema: "schema.prisma",
  migrations: { path: "migrations" },
  // Undefined where the variable is missing, so that commands without a database still work.
  datasource: { url: process.env.DATABASE_URL },
});
