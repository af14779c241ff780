//! A look into a bucket: its first objects and the uploads left open, bounded by `--s3-sample`. No key is kept.

use aws_sdk_s3::types::{EncodingType, MultipartUpload, ObjectVersion};
use percent_encoding::percent_decode_str;

use super::super::Collector;
use super::super::call::{About, Pages};
use crate::aws::Failure;
use crate::inventory::Known;
use crate::inventory::s3::{MultipartUploads, ObjectSample};
use crate::rule::{Need, operation};
use crate::time::timestamp;

/// Keys a page, the most that S3 gives.
const PAGE: u32 = 1_000;

/// How many uploads' parts are summed up; the others are only counted.
const MEASURED_UPLOADS: usize = 20;

/// The smallest size that infrequent-access classes bill, in bytes.
const SMALL: u64 = 128 * 1024;

impl Collector<'_> {
    /// The first objects of a bucket, summed up.
    pub(super) async fn object_sample(
        &self,
        client: &aws_sdk_s3::Client,
        about: About<'_>,
        bucket: &str,
    ) -> Known<ObjectSample> {
        if !self.options.needs.contains(Need::BucketObjectSample) {
            return Known::unread();
        }
        let mut sample = ObjectSample::default();
        let result = self.sample_objects(client, bucket, &mut sample).await;
        self.known(operation::LIST_OBJECT_VERSIONS, about, result.map(|()| sample))
    }

    async fn sample_objects(
        &self,
        client: &aws_sdk_s3::Client,
        bucket: &str,
        sample: &mut ObjectSample,
    ) -> Result<(), Failure> {
        let (mut left, mut pages) = (self.options.s3_sample.max(1), Pages::default());
        loop {
            let (key, version): (Option<String>, Option<String>) = pages.token().unwrap_or_default();
            let request = client
                .list_object_versions()
                .bucket(bucket)
                .encoding_type(EncodingType::Url)
                .max_keys(i32::try_from(left.min(PAGE)).unwrap_or(1_000))
                .set_key_marker(key)
                .set_version_id_marker(version);
            let reply = self.call(request.send()).await?;
            let (versions, markers) = (reply.versions.unwrap_or_default(), reply.delete_markers.unwrap_or_default());
            let seen = versions.len() + markers.len();
            sample.noncurrent += markers.len() as u64;
            for version in &versions {
                add_version(sample, version);
            }
            if !reply.is_truncated.unwrap_or(false) {
                return Ok(());
            }
            left = left.saturating_sub(u32::try_from(seen).unwrap_or(u32::MAX).max(1));
            if left == 0 {
                sample.truncated = true;
                return Ok(());
            }
            let key = decoded(reply.next_key_marker, reply.encoding_type.as_ref());
            // Two versions of one key share its marker, so both together make the token.
            if !pages.more(Some((key, reply.next_version_id_marker)))? {
                return Err(Failure::malformed("the listing goes on, but does not say where".to_owned()));
            }
        }
    }

    /// The uploads of a bucket that were left open.
    pub(super) async fn multipart_uploads(
        &self,
        client: &aws_sdk_s3::Client,
        about: About<'_>,
        bucket: &str,
    ) -> Known<MultipartUploads> {
        if !self.options.needs.contains(Need::BucketMultipartUploads) {
            return Known::unread();
        }
        let (mut found, mut measurable) = (MultipartUploads::default(), Vec::new());
        if let Err(failure) = self.list_uploads(client, bucket, &mut found, &mut measurable).await {
            return Known::Gap(self.gap(operation::LIST_MULTIPART_UPLOADS, about, &failure));
        }
        for upload in measurable {
            match self.upload_bytes(client, bucket, &upload).await {
                Ok(bytes) => {
                    found.bytes += bytes;
                    found.measured += 1;
                }
                // The count stands without the size, and the gap says why the size is missing.
                Err(failure) => {
                    self.gap(operation::LIST_PARTS, about, &failure);
                    break;
                }
            }
        }
        Known::Value(found)
    }

    async fn list_uploads(
        &self,
        client: &aws_sdk_s3::Client,
        bucket: &str,
        found: &mut MultipartUploads,
        measurable: &mut Vec<MultipartUpload>,
    ) -> Result<(), Failure> {
        let mut pages = Pages::default();
        loop {
            let (key, upload): (Option<String>, Option<String>) = pages.token().unwrap_or_default();
            let request = client
                .list_multipart_uploads()
                .bucket(bucket)
                .encoding_type(EncodingType::Url)
                .set_key_marker(key)
                .set_upload_id_marker(upload);
            let reply = self.call(request.send()).await?;
            for mut upload in reply.uploads.unwrap_or_default() {
                found.count += 1;
                found.oldest =
                    [found.oldest, upload.initiated.as_ref().and_then(timestamp)].into_iter().flatten().min();
                if measurable.len() < MEASURED_UPLOADS {
                    upload.key = decoded(upload.key, reply.encoding_type.as_ref());
                    measurable.push(upload);
                }
            }
            if !reply.is_truncated.unwrap_or(false) {
                return Ok(());
            }
            if found.count >= u64::from(self.options.s3_sample) {
                found.truncated = true;
                return Ok(());
            }
            let key = decoded(reply.next_key_marker, reply.encoding_type.as_ref());
            if !pages.more(Some((key, reply.next_upload_id_marker)))? {
                return Err(Failure::malformed("the listing goes on, but does not say where".to_owned()));
            }
        }
    }

    async fn upload_bytes(
        &self,
        client: &aws_sdk_s3::Client,
        bucket: &str,
        upload: &MultipartUpload,
    ) -> Result<u64, Failure> {
        let (mut bytes, mut pages) = (0, Pages::default());
        loop {
            let request = client
                .list_parts()
                .bucket(bucket)
                .set_key(upload.key.clone())
                .set_upload_id(upload.upload_id.clone())
                .set_part_number_marker(pages.token());
            let reply = self.call(request.send()).await?;
            let sizes = reply.parts.unwrap_or_default().into_iter().filter_map(|part| part.size);
            bytes += sizes.filter_map(|size| u64::try_from(size).ok()).sum::<u64>();
            let next = reply.next_part_number_marker.filter(|_| reply.is_truncated.unwrap_or(false));
            if !pages.more(next)? {
                return Ok(bytes);
            }
        }
    }
}

fn add_version(sample: &mut ObjectSample, version: &ObjectVersion) {
    let bytes = version.size.and_then(|size| u64::try_from(size).ok()).unwrap_or(0);
    if version.is_latest == Some(false) {
        sample.noncurrent += 1;
        sample.noncurrent_bytes += bytes;
        return;
    }
    let class = version.storage_class.as_ref().map_or("STANDARD", |class| class.as_str());
    let class = sample.classes.entry(class.to_owned()).or_default();
    class.objects += 1;
    class.bytes += bytes;
    if bytes < SMALL {
        class.small_objects += 1;
        class.small_bytes += bytes;
    }
    class.newest = class.newest.max(version.last_modified.as_ref().and_then(timestamp));
}

/// Keys come percent-encoded when that was asked for and granted, so that any key fits into XML.
fn decoded(key: Option<String>, encoding: Option<&EncodingType>) -> Option<String> {
    let key = key?;
    if encoding != Some(&EncodingType::Url) {
        return Some(key);
    }
    Some(percent_decode_str(&key.replace('+', " ")).decode_utf8_lossy().into_owned())
}
