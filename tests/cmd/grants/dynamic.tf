data "aws_iam_policy_document" "app" {
  statement {
    actions   = ["s3:GetObject"]
    resources = ["arn:aws:s3:::lab/*"]
  }
  dynamic "statement" {
    for_each = var.is_admin ? [1] : []
    content {
      actions   = ["iam:*"]
      resources = ["*"]
    }
  }
}
resource "aws_iam_policy" "whole" {
  policy = var.policy
}
