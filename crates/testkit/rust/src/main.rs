//! Calls of the AWS SDK for Rust, to be recorded: as a program of anybody's makes them, with nothing set but what the
//! environment says.

use aws_config::BehaviorVersion;

type Outcome = Result<(), Box<dyn std::error::Error>>;

#[tokio::main(flavor = "current_thread")]
async fn main() -> Outcome {
    let config = aws_config::load_defaults(BehaviorVersion::latest()).await;
    identity(&config).await?;
    queue(&config).await?;
    parameters(&config).await
}

async fn identity(config: &aws_config::SdkConfig) -> Outcome {
    let sts = aws_sdk_sts::Client::new(config);
    sts.get_caller_identity().send().await?;
    sts.assume_role()
        .role_arn("arn:aws:iam::123456789012:role/harbour/pilot")
        .role_session_name("rust")
        .send()
        .await?;
    Ok(())
}

async fn queue(config: &aws_config::SdkConfig) -> Outcome {
    let sqs = aws_sdk_sqs::Client::new(config);
    let made = sqs.create_queue().queue_name("harbour").send().await?;
    let address = made.queue_url().ok_or("the queue has an address")?;
    sqs.send_message().queue_url(address).message_body("the body").send().await?;
    sqs.receive_message().queue_url(address).send().await?;
    let gone = sqs.get_queue_url().queue_name("sunk").send().await;
    assert!(gone.is_err(), "there is none");
    Ok(())
}

async fn parameters(config: &aws_config::SdkConfig) -> Outcome {
    let ssm = aws_sdk_ssm::Client::new(config);
    let secret = aws_sdk_ssm::types::ParameterType::SecureString;
    ssm.put_parameter().name("/paper/key").r#type(secret).value("not-a-secret").send().await?;
    ssm.get_parameters_by_path().path("/paper").recursive(true).send().await?;
    ssm.get_parameter().name("/paper/key").with_decryption(true).send().await?;
    Ok(())
}
