"""The dataset as Croissant 1.0 (mlcommons.org/croissant): files with checksums, and every table with its columns."""

from __future__ import annotations

from coalition.codebook import Table

CONTEXT = {
    "@language": "en",
    "@vocab": "https://schema.org/",
    "arrayPath": "cr:arrayPath",
    "citeAs": "cr:citeAs",
    "column": "cr:column",
    "conformsTo": "dct:conformsTo",
    "cr": "http://mlcommons.org/croissant/",
    "data": {"@id": "cr:data", "@type": "@json"},
    "dataBiases": "cr:dataBiases",
    "dataCollection": "cr:dataCollection",
    "dataType": {"@id": "cr:dataType", "@type": "@vocab"},
    "dct": "http://purl.org/dc/terms/",
    "examples": {"@id": "cr:examples", "@type": "@json"},
    "extract": "cr:extract",
    "field": "cr:field",
    "fileObject": "cr:fileObject",
    "fileProperty": "cr:fileProperty",
    "fileSet": "cr:fileSet",
    "format": "cr:format",
    "includes": "cr:includes",
    "isLiveDataset": "cr:isLiveDataset",
    "jsonPath": "cr:jsonPath",
    "key": "cr:key",
    "md5": "cr:md5",
    "parentField": "cr:parentField",
    "path": "cr:path",
    "personalSensitiveInformation": "cr:personalSensitiveInformation",
    "rai": "http://mlcommons.org/croissant/RAI/",
    "recordSet": "cr:recordSet",
    "references": "cr:references",
    "regex": "cr:regex",
    "repeated": "cr:repeated",
    "replace": "cr:replace",
    "sc": "https://schema.org/",
    "separator": "cr:separator",
    "source": "cr:source",
    "subField": "cr:subField",
    "transform": "cr:transform",
}
TYPES = {"string": "sc:Text", "integer": "sc:Integer", "number": "sc:Float"}


def croissant(release: dict, site: str, files: list[dict], tables: list[Table], package: dict) -> dict:
    """Return the description; `files` are entries of the export's manifest, of which the CSVs are described."""
    csvs = {file["table"]: file for file in files if file["format"].startswith("text/csv") and file["table"]}
    described = [table for table in tables if table.name in csvs]
    return {
        "@context": CONTEXT,
        "@type": "sc:Dataset",
        "conformsTo": "http://mlcommons.org/croissant/1.0",
        "name": package["name"],
        "description": release["description"],
        "url": site,
        "version": release["version"],
        "datePublished": release["released"],
        "license": package["licenses"][0]["path"],
        "creator": {"@type": "Organization", "name": f"{release['title']} contributors", "url": site},
        "citeAs": f"{release['title']}, version {release['version']}, {site}",
        "distribution": [_file(csvs[table.name], site) for table in described],
        "recordSet": [_records(table, csvs[table.name]["name"]) for table in described],
    }


def _file(file: dict, site: str) -> dict:
    return {
        "@type": "cr:FileObject",
        "@id": file["name"],
        "name": file["name"],
        "description": file["title"],
        "contentUrl": f"{site}downloads/{file['name']}",
        "contentSize": f"{file['bytes']} B",
        "encodingFormat": "text/csv",
        "sha256": file["sha256"],
    }


def _records(table: Table, file: str) -> dict:
    columns = (*table.columns, *table.derived)
    records = {
        "@type": "cr:RecordSet",
        "@id": table.name,
        "name": table.name,
        "description": table.description,
        "field": [
            {
                "@type": "cr:Field",
                "@id": f"{table.name}/{column.name}",
                "name": column.name,
                "description": f"{column.description} {column.caveat}".strip(),
                "dataType": TYPES[column.type],
                "source": {"fileObject": {"@id": file}, "extract": {"column": column.name}},
            }
            for column in columns
        ],
    }
    if table.primary_key:
        records["key"] = [{"@id": f"{table.name}/{name}"} for name in table.primary_key]
    return records
