"""Read-only programs' door: areas, households and measurements as JSON, within one person's scope."""
