//! Permission sets: names, durations, updates, tags, deletion.

use serde_json::json;

use super::{MANAGEMENT, Stage};

#[tokio::test(start_paused = true)]
async fn a_name_is_taken_once_and_a_session_lasts_one_to_twelve_hours() {
    let stage = Stage::new().await;
    let asked = json!({"Name": "Developer", "SessionDuration": "PT4H", "Description": "builds",
        "Tags": [{"Key": "team", "Value": "one"}]});
    let made = stage.must("CreatePermissionSet", asked.clone()).await;
    let conflict = stage.refused("CreatePermissionSet", asked).await;
    let words = "PermissionSet with name Developer already exists.".to_owned();
    assert_eq!(conflict, ("ConflictException".to_owned(), words));
    for wrong in ["PT30M", "PT13H", "P1D"] {
        let asked = json!({"Name": "Other", "SessionDuration": wrong});
        assert_eq!(stage.refused("CreatePermissionSet", asked).await.0, "ValidationException", "{wrong}");
    }
    let set = &made["PermissionSet"]["PermissionSetArn"];
    let tags = stage.must("ListTagsForResource", json!({"ResourceArn": set})).await;
    assert_eq!(tags["Tags"], json!([{"Key": "team", "Value": "one"}]));
    stage.must("UntagResource", json!({"ResourceArn": set, "TagKeys": ["team"]})).await;
    assert_eq!(stage.must("ListTagsForResource", json!({"ResourceArn": set})).await["Tags"], json!([]));
}

#[tokio::test(start_paused = true)]
async fn an_update_without_a_relay_state_clears_it_and_leaves_the_rest() {
    let stage = Stage::new().await;
    let asked = json!({"Name": "a", "Description": "first", "RelayState": "https://example.com", "SessionDuration": "PT2H"});
    let set = stage.must("CreatePermissionSet", asked).await["PermissionSet"]["PermissionSetArn"].clone();
    stage.must("UpdatePermissionSet", json!({"PermissionSetArn": set, "Description": "second"})).await;
    let shown = stage.must("DescribePermissionSet", json!({"PermissionSetArn": set})).await;
    let shown = &shown["PermissionSet"];
    assert_eq!((&shown["Description"], &shown["SessionDuration"]), (&json!("second"), &json!("PT2H")));
    assert!(shown.get("RelayState").is_none(), "{shown}");
}

#[tokio::test(start_paused = true)]
async fn a_set_that_somebody_has_is_not_deleted() {
    let stage = Stage::new().await;
    let set = stage.set("a").await;
    assert_eq!(stage.assign(&set, &stage.member).await["Status"], "SUCCEEDED");
    let deletion = json!({"PermissionSetArn": set});
    assert_eq!(stage.refused("DeletePermissionSet", deletion.clone()).await.0, "ConflictException");
    stage.must("DeleteAccountAssignment", stage.assignment(&set, &stage.member)).await;
    assert_eq!(
        stage.refused("DeletePermissionSet", deletion.clone()).await.0,
        "ConflictException",
        "under way"
    );
    stage.pass(60);
    stage.must("DeletePermissionSet", deletion.clone()).await;
    assert_eq!(stage.refused("DescribePermissionSet", deletion).await.0, "ResourceNotFoundException");
}

#[tokio::test(start_paused = true)]
async fn sets_are_listed_in_pages_whose_tokens_fit_no_other_listing() {
    let stage = Stage::new().await;
    for name in ["a", "b", "c"] {
        stage.set(name).await;
    }
    let first = stage.must("ListPermissionSets", json!({"MaxResults": 2})).await;
    let token = first["NextToken"].clone();
    let second = stage.must("ListPermissionSets", json!({"MaxResults": 2, "NextToken": token})).await;
    assert_eq!(second["PermissionSets"].as_array().map(Vec::len), Some(1));
    let foreign = json!({"AccountId": MANAGEMENT, "NextToken": token});
    assert_eq!(
        stage.refused("ListPermissionSetsProvisionedToAccount", foreign).await.0,
        "ValidationException"
    );
}
