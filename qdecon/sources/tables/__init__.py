"""Tables of others in the terms of a plan, and a plan's figures as a table: understood exactly, or asked about."""

from qdecon.sources.tables.exporting import export_table
from qdecon.sources.tables.importing import Understood, import_table, read_import, write_import

__all__ = ["Understood", "export_table", "import_table", "read_import", "write_import"]
