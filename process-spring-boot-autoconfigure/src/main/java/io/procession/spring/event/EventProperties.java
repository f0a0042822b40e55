package io.procession.spring.event;

import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.NestedConfigurationProperty;
import org.springframework.boot.context.properties.bind.DefaultValue;

import io.procession.spring.Switch;

/**
 * Configuration properties of process events. <i>Immutable.</i>
 *
 * @param events Switch of the application events.
 */
@ConfigurationProperties("procession")
record EventProperties(@NestedConfigurationProperty @DefaultValue Switch events) {

}
