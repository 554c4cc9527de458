"""Who is sought, by whom, in which version? Importers, checks, versions and the import gate."""
