"""From the bucket to instances: object store, header, eligibility, pseudonyms."""
