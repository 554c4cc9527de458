"""List formats: one module each, one entry in `IMPORTERS`.

To add a format: write a module with `read(files, options) -> Imported` that fills `Record`s and ends in
`assemble`, give it an `IMPORTER`, name it here, and put an invented sample with its expected rows under
tests/alerts/golden/.
"""

from screening.alerts.importers import (
    canonical,
    documents,
    eu,
    ftm,
    ofac,
    ofac_xml,
    opensanctions,
    own,
    senzing,
    uk,
    un,
)
from screening.alerts.model import Importer

IMPORTERS: dict[str, Importer] = {
    module.IMPORTER.source: module.IMPORTER
    for module in (
        canonical,
        documents,
        eu,
        ftm,
        ofac,
        ofac_xml,
        opensanctions,
        own,
        senzing,
        uk,
        un,
    )
}
